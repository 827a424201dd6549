package ui

import "github.com/gin-gonic/gin"

// Routes lists the addresses of the pages, for proofs that hold for each.
func (s *Server) Routes() gin.RoutesInfo { return s.router.Routes() }
